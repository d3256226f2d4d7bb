"""Stories and bad days on whole systems. A package: each system stops when its tests are done."""
