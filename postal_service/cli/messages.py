"""Send what waits in the outbox, where no served app does it: from a timer, or as a process of its own."""

import argparse
import time

from postal_service.cli.background import sender_of
from postal_service.cli.opening import opened
from postal_service.cli.output import Commands, say
from postal_service.services.message_sender import Sender
from postal_service.services.outbox import MessageState
from postal_service.settings import NotConfiguredError

REFUSED = 1


def add_commands(commands: Commands) -> None:
    """`send-messages`."""
    send = commands.add_parser("send-messages", help="send the messages that are due")
    send.add_argument("--follow", action="store_true", help="go on until Ctrl-C")
    send.set_defaults(run=_send)


def _send(arguments: argparse.Namespace) -> int:
    with opened() as runtime:
        if not runtime.settings.can_send:
            raise NotConfiguredError(
                "Messages cannot be sent: set POSTAL_SMS_URL and POSTAL_SMS_TOKEN, or POSTAL_SMS_FOLDER"
                " for a trial. See docs/operations.md."
            )
        sender = sender_of(runtime)
        if arguments.follow:
            _follow(sender)
            return 0
        found = sender.send_due()
    say(
        f"Sent {found[MessageState.SENT]}, to be tried again {found[MessageState.WAITING]},"
        f" given up {found[MessageState.DEAD]}, run out {found[MessageState.EXPIRED]}."
    )
    return 0 if found.total() == found[MessageState.SENT] else REFUSED


def _follow(sender: Sender) -> None:
    sender.start()
    say("Sending what is due — stop with Ctrl-C.")
    try:
        while True:
            time.sleep(3600)
    finally:
        sender.stop()
