"""Writing the access requests of the demo, by the commands of the application."""

from collections.abc import Callable
from typing import Any

from kp4web.accessrequests.commands import PrepareRequest, prepare_request, release_request
from kp4web.demo import accessrequests as told
from kp4web.demo.events import Event
from kp4web.demo.loading import Keys
from kp4web.domain.accessrequests import IdentityCheck


def prepare(keys: Keys, event: told.PrepareAccess) -> None:
    """Prepare a request."""
    command = PrepareRequest(event.received_on, IdentityCheck(event.identity), event.note)
    made = prepare_request(*keys.where(event), command, now=event.at, today=event.day)
    keys.access_requests[event.request] = made.id


def release(keys: Keys, event: told.ReleaseAccess) -> None:
    """Release a request."""
    release_request(*keys.who(event), keys.access_requests.pop(event.request), now=event.at)


ACCESS_COMMANDS: dict[type[Event], Callable[[Keys, Any], None]] = {
    told.PrepareAccess: prepare,
    told.ReleaseAccess: release,
}
