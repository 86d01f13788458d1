"""A platform that takes half a file and never answers, for the worker that is killed meanwhile."""

import time
from pathlib import Path

from django.conf import settings

from invoicing.einvoicing.services.file_drop import FileDrop
from invoicing.einvoicing.services.port import Parcel


class StallingDrop(FileDrop):
    """Writes the beginning of the file under its temporary name, says so, and waits."""

    def submit(self, parcel: Parcel) -> str:
        out = Path(settings.PLATFORM_DIRECTORY) / "out"
        out.mkdir(parents=True)
        (out / f".{parcel.name}.partial").write_bytes(parcel.content[:100])
        (Path(settings.PLATFORM_DIRECTORY) / "begun").touch()
        time.sleep(120)
        raise AssertionError("nobody killed the worker")
