"""Keys are made once, whole, and for their owner only."""

import threading
from pathlib import Path

from joserfc.jwk import OKPKey

from chassis.keys import make_keys
from chassis.settings import Settings


def test_many_who_start_at_once_have_the_same_keys(tmp_path: Path) -> None:
    settings = Settings({"GUILDWAY_DATA": str(tmp_path)})
    seen: list[dict[str, bytes]] = []

    def make() -> None:
        make_keys(settings)
        seen.append({p.name: p.read_bytes() for p in (tmp_path / "keys").glob("[a-z]*")})

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen[0]) == ["fields.txt", "token-private.pem", "token-public.pem"]
    assert all(keys == seen[0] for keys in seen)
    private = OKPKey.import_key(seen[0]["token-private.pem"])
    public = OKPKey.import_key(seen[0]["token-public.pem"])
    assert private.thumbprint() == public.thumbprint()


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    make_keys(Settings({"GUILDWAY_DATA": str(tmp_path)}))
    for path in (tmp_path / "keys", *(tmp_path / "keys").glob("[a-z]*")):
        assert path.stat().st_mode & 0o077 == 0, path


def test_keys_that_are_there_stay(tmp_path: Path) -> None:
    settings = Settings({"GUILDWAY_DATA": str(tmp_path)})
    make_keys(settings)
    before = (tmp_path / "keys/fields.txt").read_bytes()
    (tmp_path / "keys/token-public.pem").unlink()
    make_keys(settings)
    assert (tmp_path / "keys/fields.txt").read_bytes() == before
