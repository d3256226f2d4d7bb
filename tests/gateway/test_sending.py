"""Mails leave: into a folder or to a mail server, once, and not for ever if nobody takes them."""

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contracts import matching
from gateway import sending
from gateway.letters import Letter
from gateway.sending import Folder, NotTaken, Server, host_of, message_of, open_mailbox, sender_of
from gateway.service import send_mail
from tests.gateway.letters.letterbox import AMARA, NOW, an_office, hear_people, mails, states
from tests.gateway.smtp import PostOffice, a_post_office
from tests.harness import Town

ID = "4f1c2d58-0000-4000-8000-1d0a5e6f7a8b"
LETTER = Letter(
    to=AMARA,
    to_name="Amara Nwosu",
    sender="Bibliothécaires du Canada",
    language="fr",
    subject="Rencontre avec Ruth le jeudi 14 mai : 12 h",
    text="Bonjour Amara,\n\n.une ligne avec un point\n" + "très long " * 200 + "\n",
    html="<!doctype html><p>Bonjour Amara</p>",
    links=(),
)


def a_message(**changes: Any) -> EmailMessage:
    fields = {name: getattr(LETTER, name) for name in LETTER.__slots__}
    letter = Letter(**{**fields, **changes})
    return message_of(letter, id=ID, sender="no-reply@mentoring.example.org", at=NOW)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    with a_post_office() as office:
        yield office


@contextmanager
def server_at(office: PostOffice, user: str = "", **more: Any) -> Iterator[Server]:
    server = Server(f"smtp://{user}127.0.0.1:{office.port}", **more)
    yield server
    server.close()


# The message


def test_a_message_says_from_whom_to_whom_and_which_it_is() -> None:
    read = message_from_bytes(a_message().as_bytes(), policy=policy.default)
    assert read["From"] == "Bibliothécaires du Canada <no-reply@mentoring.example.org>"
    assert read["To"] == f"Amara Nwosu <{AMARA}>"
    assert read["Subject"] == LETTER.subject
    assert read["Message-ID"] == f"<{ID}@mentoring.example.org>"
    assert read["Date"] == "Mon, 11 May 2026 14:00:00 +0000"
    assert read["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    assert a_message().as_bytes() == a_message().as_bytes()


def test_a_message_is_plain_ascii_in_short_lines() -> None:
    raw = a_message(text="é" * 5000, subject="é" * 140).as_bytes()
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@pytest.mark.parametrize("field", ["subject", "to_name", "sender", "to"])
def test_no_value_adds_a_header(field: str) -> None:
    evil = "x\r\nBcc: all@example.org"
    with pytest.raises((NotTaken, ValueError)):
        a_message(**{field: evil})


@pytest.mark.parametrize(
    "address", ["", "nobody", "a@b@c", "two words@example.org", "é@example.org"]
)
def test_an_address_that_is_none_fails_for_good(address: str) -> None:
    with pytest.raises(NotTaken) as refused:
        a_message(to=address)
    assert refused.value.for_good


def test_a_domain_in_another_script_is_written_in_ascii() -> None:
    assert a_message(to="amara@bücher.example")["To"].addresses[0].domain == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://mentoring.example.org", "mentoring.example.org"),
        ("https://mentoring.example.org:8443/", "mentoring.example.org"),
        ("http://127.0.0.1:8300", "localhost"),
        ("http://192.0.2.7", "[192.0.2.7]"),
        ("http://[2001:db8::7]:8300", "[IPv6:2001:db8::7]"),
        ("https://bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_mails_come_from_the_host_that_people_see(url: str, host: str) -> None:
    assert host_of(url) == host
    sender = sender_of("file:mails", url)
    message = message_of(LETTER, id=ID, sender=sender, at=NOW)
    assert message["From"].addresses[0].addr_spec == f"no-reply@{host}"


def test_mails_come_from_the_address_that_the_setting_names() -> None:
    through = "smtp://user:pass@mail.example.org?from=mentorat%40association.example"
    assert sender_of(through, "https://app.example.org") == "mentorat@association.example"


# A folder


def test_a_folder_gets_one_file_a_mail_for_its_owner_only(tmp_path: Path) -> None:
    box = Folder(tmp_path / "mails")
    box.take(a_message(), "one")
    box.take(a_message(subject="again"), "one")
    box.take(a_message(), "two")
    assert sorted(path.name for path in (tmp_path / "mails").iterdir()) == ["one.eml", "two.eml"]
    assert (tmp_path / "mails").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "mails" / "one.eml").stat().st_mode & 0o777 == 0o600
    assert b"Subject: again" in (tmp_path / "mails" / "one.eml").read_bytes()


def test_a_folder_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "mails").write_text("a file")
    with pytest.raises(NotTaken) as refused:
        Folder(tmp_path / "mails").take(a_message(), "one")
    assert not refused.value.for_good
    assert AMARA not in str(refused.value)


def test_mails_go_nowhere_else(tmp_path: Path) -> None:
    for through in ("", "mail.example.org", "https://mail.example.org"):
        with pytest.raises(ValueError, match="file:"):
            open_mailbox(through)
    assert open_mailbox(f"file:{tmp_path}") is open_mailbox(f"file:{tmp_path}")


# A mail server


def test_a_server_gets_the_message_as_it_is(office: PostOffice) -> None:
    message = a_message()
    with server_at(office) as server:
        server.take(message, "one")
    (taken,) = office.taken
    read = message_from_bytes(taken, policy=policy.default)
    body = read.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == LETTER.text
    assert office.verbs == ["EHLO", "MAIL", "RCPT", "DATA"]


def test_one_connection_carries_many_mails(office: PostOffice) -> None:
    with server_at(office) as server:
        for name in ("one", "two", "three"):
            server.take(a_message(), name)
    assert (office.connections, len(office.taken)) == (1, 3)


def test_a_line_that_was_cut_in_between_is_opened_again(office: PostOffice) -> None:
    with server_at(office) as server:
        server.take(a_message(), "one")
        office.answers["NOOP"] = ["hang up"]
        server.take(a_message(), "two")
    assert (office.connections, len(office.taken)) == (2, 2)


@pytest.mark.parametrize(
    ("verb", "answer", "for_good"),
    [
        ("RCPT", "550 no such user amara.nwosu@example.org", True),
        ("RCPT", "450 mailbox busy", False),
        ("MESSAGE", "554 not wanted", True),
        ("MESSAGE", "451 try again", False),
        ("MAIL", "530 sign in first", False),
        ("CONNECT", "421 too busy", False),
        ("DATA", "hang up", False),
    ],
)
def test_what_is_refused_for_good_is_told_from_what_may_work_later(
    office: PostOffice, verb: str, answer: str, for_good: bool
) -> None:
    office.answers[verb] = [answer]
    with server_at(office) as server, pytest.raises(NotTaken) as refused:
        server.take(a_message(), "one")
    assert refused.value.for_good is for_good
    assert "amara" not in str(refused.value)


def test_a_refused_mail_does_not_harm_the_next(office: PostOffice) -> None:
    office.answers["RCPT"] = ["550 no such user"]
    with server_at(office) as server:
        with pytest.raises(NotTaken):
            server.take(a_message(), "one")
        server.take(a_message(), "two")
    assert (office.connections, len(office.taken)) == (1, 1)


def test_a_server_that_is_not_there_is_left_alone_for_a_while(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.answers["CONNECT"] = ["421 too busy"]
    clock = [1000.0]
    monkeypatch.setattr(sending, "monotonic", lambda: clock[0])
    with server_at(office) as server:
        for name in ("one", "two", "three"):
            with pytest.raises(NotTaken):
                server.take(a_message(), name)
        assert office.connections == 1
        clock[0] += sending.REST_SECONDS
        server.take(a_message(), "one")
    assert len(office.taken) == 1


def test_nobody_listens_at_all() -> None:
    with a_post_office() as gone:
        port = gone.port
    with pytest.raises(NotTaken) as refused:
        Server(f"smtp://127.0.0.1:{port}").take(a_message(), "one")
    assert not refused.value.for_good


def test_a_password_goes_over_an_encrypted_line_only(tmp_path: Path) -> None:
    serving, trusting = certificates(tmp_path)
    extensions = ["STARTTLS", "AUTH PLAIN"]
    with a_post_office(extensions=extensions, tls=serving) as office:
        with server_at(office, "user%40home:p%3Aass@", context=trusting) as server:
            server.take(a_message(), "one")
        assert len(office.taken) == 1
        assert office.seen[:4] == [
            "EHLO open",
            "STARTTLS open",
            "EHLO encrypted",
            "AUTH encrypted",
        ]
    with a_post_office(extensions=["AUTH PLAIN"]) as office:
        with (
            server_at(office, "user:pass@", context=trusting) as server,
            pytest.raises(NotTaken) as refused,
        ):
            server.take(a_message(), "one")
        assert "AUTH" not in office.verbs
        assert not refused.value.for_good


def test_a_server_with_a_wrong_certificate_gets_nothing(tmp_path: Path) -> None:
    serving, _ = certificates(tmp_path)
    with a_post_office(extensions=["STARTTLS"], tls=serving) as office:
        checking = ssl.create_default_context()
        with server_at(office, context=checking) as server, pytest.raises(NotTaken):
            server.take(a_message(), "one")
        assert office.taken == []


def test_on_this_machine_nobody_asks_for_certificates() -> None:
    with a_post_office(extensions=["STARTTLS", "AUTH PLAIN"]) as office:
        with server_at(office, "user:pass@") as server:
            server.take(a_message(), "one")
        assert "STARTTLS" not in office.verbs
        assert len(office.taken) == 1


def certificates(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server at 127.0.0.1 shows, and what somebody needs who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post office")])
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    shown = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (folder / "shown.pem").write_bytes(secret + shown)
    serving.load_cert_chain(folder / "shown.pem")
    return serving, ssl.create_default_context(cadata=shown.decode())


# From waiting to sent


def test_a_mail_is_tried_again_ever_more_rarely_for_a_day(tmp_path: Path) -> None:
    (tmp_path / "closed").write_text("a file")
    with an_office(tmp_path, GUILDWAY_MAIL=f"file:{tmp_path / 'closed'}") as office:
        hear_people(office)
        tell_somebody(office)
        pauses = []
        last = office.clock.at
        while (mail := only_mail(office)).state == "waiting":
            assert mail.due_at is not None
            pauses.append(mail.due_at - last)
            last = mail.due_at
            office.go_to(mail.due_at)
        assert pauses[:4] == [timedelta(minutes=n) for n in (1, 2, 4, 8)]
        assert timedelta(hours=24) < sum(pauses, timedelta()) < timedelta(hours=30)
        assert (mail.state, mail.reason) == ("failed", "the folder: FileExistsError")


def test_a_mail_that_waited_for_a_server_is_sent_once_it_is_there(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.write_text("a file")
    with an_office(tmp_path, GUILDWAY_MAIL=f"file:{closed}") as office:
        hear_people(office)
        tell_somebody(office)
        assert only_mail(office).state == "waiting"
        closed.unlink()
        office.go_on(minutes=1)
        assert only_mail(office).state == "sent"
        assert len(list(closed.glob("*.eml"))) == 1


def test_a_setting_that_is_none_loses_no_mail(tmp_path: Path) -> None:
    for through in ("carrier pigeon", "smtp://mail.example.org?from=nobody"):
        with an_office(tmp_path / through[:4], GUILDWAY_MAIL=through) as office:
            hear_people(office)
            tell_somebody(office)
            mail = only_mail(office)
            assert (mail.state, mail.reason[:13]) == ("waiting", "GUILDWAY_MAIL")


def test_a_server_takes_what_the_product_writes(tmp_path: Path, office: PostOffice) -> None:
    through = f"smtp://127.0.0.1:{office.port}"
    with an_office(tmp_path, GUILDWAY_MAIL=through) as town:
        hear_people(town, language="fr")
        tell_somebody(town)
        assert states(town) == {"proposal-declined": ["sent"]}
    mailbox = open_mailbox(through)
    assert isinstance(mailbox, Server)
    mailbox.close()
    read = message_from_bytes(office.taken[0], policy=policy.default)
    assert read["Subject"] == "À propos du jumelage proposé\u00a0: Ruth Abernathy"


def test_two_workers_send_a_mail_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with an_office(tmp_path) as office:
        hear_people(office)
        office.gateway.hear_that(matching.PROPOSAL_DECLINED)
        mail = only_mail(office)
        handed: list[str] = []
        both = threading.Barrier(2)
        carry = sending.carry

        def counted(records: Any, mail: Any, now: datetime) -> Any:
            handed.append(mail.id)
            return carry(records, mail, now)

        def work() -> None:
            both.wait()
            send_mail(office.gateway.records, mail.association_id, mail.id, NOW)

        monkeypatch.setattr(sending, "carry", counted)
        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert handed == [mail.id]
        assert len(mails(office)) == 1


def test_a_mail_in_the_hands_of_somebody_who_died_is_sent_by_another(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        hear_people(office)
        office.gateway.hear_that(matching.PROPOSAL_DECLINED)
        mail = only_mail(office)
        office.gateway.records.mails.change(
            mail.association_id, mail.id, lambda each: not each.claim(NOW) and None, now=NOW
        )
        office.pump()
        assert mails(office) == []
        office.go_on(minutes=5)
        assert len(mails(office)) == 1


def test_a_demo_keeps_what_it_sent(tmp_path: Path) -> None:
    with an_office(tmp_path, GUILDWAY_DEMO="1") as office:
        hear_people(office)
        tell_somebody(office)
        kept = only_mail(office)
        assert (kept.to, kept.subject) == (AMARA, "About the proposal with Ruth Abernathy")
        assert kept.text.startswith("Hello Amara,")
        shown = office.gateway.client.get(f"/api/demo/mails?address={AMARA}").json["items"]
        assert [each["subject"] for each in shown] == [kept.subject]


def tell_somebody(office: Town) -> None:
    office.gateway.hear_that(matching.PROPOSAL_DECLINED)
    office.pump()


def only_mail(office: Town) -> Any:
    (mail,) = office.gateway.records.mails.find(None, {})
    return mail
