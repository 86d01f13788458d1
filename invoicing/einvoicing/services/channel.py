"""Which channel the settings name."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import import_string

from invoicing.einvoicing.services.port import Channel

CHANNELS = {
    "files": "invoicing.einvoicing.services.file_drop.FileDrop",
    "none": "invoicing.einvoicing.services.no_platform.NoPlatform",
}
VERBS = ("submit", "poll", "fetch", "take", "refuse", "look_up")


def the_channel() -> Channel:
    """A new channel, as PLATFORM_CHANNEL names it."""
    name = settings.PLATFORM_CHANNEL
    channel: Channel = import_string(CHANNELS.get(name, name))()
    return channel


def check_channel(**_options: Any) -> list[CheckMessage]:  # noqa: ANN401  Django's own signature
    """What is wrong with the settings of the platform, for `manage.py check`."""
    name = settings.PLATFORM_CHANNEL
    try:
        channel = import_string(CHANNELS.get(name, name))
    except ImportError:
        return [_error(f"PLATFORM_CHANNEL is “{name}”: it must be “files”, “none” or the path of a channel's class.")]
    if not all(hasattr(channel, verb) for verb in VERBS):
        return [_error(f"PLATFORM_CHANNEL names {name}, which is no channel: it lacks one of {', '.join(VERBS)}.")]
    folder = Path(settings.PLATFORM_DIRECTORY)
    if name == "files" and not folder.is_absolute():
        return [_error(f"PLATFORM_DIRECTORY is “{folder}”: it must be an absolute path.")]
    if name == "files" and folder.exists() and not folder.is_dir():
        return [_error(f"PLATFORM_DIRECTORY is “{folder}”, which is no directory.")]
    return []


def _error(sentence: str) -> Error:
    return Error(sentence, id="invoicing.E001")
