"""Claiming what departments dropped: landed, in the ledger, out of the way.

Each step leaves a state from which the next run goes on: bytes are landed before the
ledger knows them, and an inbox lets go of a file only when the ledger has it. A kill
between any two steps costs nothing but the work of repeating them.

Source: 筑府办发〔2016〕39号 三(三)4 (GY2, 数据文件直报).
"""

import hashlib
import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from guiji.connections.errors import Moved, Unreadable
from guiji.context import NightContext
from guiji.core import business_date, file_lock
from guiji.core.errors import SourceUnavailable
from guiji.core.platform_faults import contained
from guiji.intake import inboxes, landing
from guiji.intake.inbox_listing import Drop, Immovable, Inbox, Listing, readable
from guiji.ledger import answer_names
from guiji.ledger.deliveries import Incoming
from guiji.ledger.progress import NightState
from guiji.outbox import receipts

log = logging.getLogger(__name__)

STRIKES = 2
"""Files in a row that an inbox breaks off at before it is left for the night."""

_DIGESTS = {".md5": 32, ".sha256": 64}


def claim_files(
    context: NightContext,
    settle_seconds: float | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[str]:
    """Claim every file that is ready; answer the duplicates.

    Files that may be ready soon are waited for, all of them at once and never longer
    than the time a file must stay unchanged. An inbox out of reach is traced, and the
    night goes on without it. A night that is merged takes nothing more: what lies in
    an inbox waits for the next one.

    Args:
        context: settings, where inbox, landing and outbox are; catalogue, whose
            departments may deliver; ledger, keeps what was claimed; night, the night
            that takes the files.
        settle_seconds: for which a file must be unchanged; None = as the settings say.
        sleep: waits between two looks, and between two attempts to connect.

    Returns:
        Delivery ids of all the night's files that are no duplicates, sorted.
    """
    if context.ledger.open_night(context.night) is NightState.OPEN:
        landing.sweep(context.settings)
        claim = _Claim(context)
        with ExitStack() as opened:
            boxes = inboxes.every(context, settle_seconds, claim.out_of_reach, sleep)
            for box in boxes:
                opened.enter_context(closing(box))
                box.finish(context.ledger)
            for box, look in claim.settled(boxes, sleep):
                claim.take(box, look)
        claim.answer_duplicates()
    else:
        log.info(
            "night %s takes nothing more: new files wait for the next", context.night
        )
    return [
        delivery.delivery_id
        for delivery in context.ledger.deliveries(context.night)
        if delivery.way == "file" and delivery.duplicate_of is None
    ]


@dataclass(frozen=True)
class _Claim:
    """One night's claim, whichever inboxes it looks into."""

    context: NightContext

    def out_of_reach(self, name: str, error: SourceUnavailable) -> None:
        """Record that an inbox cannot be listed; the night goes on."""
        log.warning("inbox out of reach: %s", error)
        self._trace("inbox_out_of_reach", name, {"reason": str(error)[:200]})

    def settled(
        self, boxes: Sequence[Inbox], sleep: Callable[[float], None]
    ) -> list[tuple[Inbox, Listing]]:
        """List every inbox, and again where more may be ready after a wait."""
        looks = {box.name: self._look(box) for box in boxes}
        wait = max((look.wait for look in looks.values()), default=0.0)
        if wait:
            log.info("files may still be growing: looking again in %.0f s", wait)
            sleep(wait)
            looks |= {b.name: self._look(b) for b in boxes if looks[b.name].wait}
        return [(box, looks[box.name]) for box in boxes]

    def _look(self, box: Inbox) -> Listing:
        try:
            with contained(self.context.ledger, self.context.night, "claim", box.name):
                return box.look()
        except SourceUnavailable as error:
            self.out_of_reach(box.name, error)
        return Listing()

    def take(self, box: Inbox, look: Listing) -> None:
        """Claim what one look found ready; say what was not taken and why."""
        self._note(look)
        strikes = 0
        for drop in look.drops:
            subject = f"{drop.department}/{drop.source_file}"
            try:
                with contained(
                    self.context.ledger, self.context.night, "claim", subject
                ):
                    self._try(box, drop)
                strikes = 0
            except SourceUnavailable as error:
                self.out_of_reach(box.name, error)
                strikes += 1
                if strikes == STRIKES:
                    return

    def _note(self, look: Listing) -> None:
        for name in look.strangers:
            if self._trace("unknown_folder", name, {}):
                log.warning("inbox: no department %r in the catalogue, left", name)
        for name in look.odd:
            if self._trace("not_a_file", name, {}):
                log.warning("inbox: %r is no ordinary file, left alone", name)
        for name in look.unreadable:
            self._unlisted(name)
        for department in look.crowded:
            self._crowded(department)
        for drop in look.too_big:
            self._too_big(drop)
        for drop, companion in look.disowned:
            self._disowned(drop, companion)

    def _try(self, box: Inbox, drop: Drop) -> None:
        """Claim one file; one that cannot be read does not stop the others."""
        try:
            self._claim(box, drop)
        except Moved as moved:
            log.info("not claimed yet: %s", moved)
        except Immovable as error:
            log.warning("claimed, and left in the inbox: %s", error)
            self._held(f"{drop.department}/{drop.source_file}", "not_removed")
        except Unreadable as error:
            log.info("not claimed: %s", error)
            self._unreadable(drop)

    def _claim(self, box: Inbox, drop: Drop) -> None:
        with landing.workplace(self.context.settings) as folder:
            copied = folder / landing.ORIGINAL
            box.copy(drop, copied)
            wrong = _disagreeing(box, drop, copied)
            if wrong is not None:
                if not drop.settled:
                    raise Moved(f"{drop.department}: a file is not whole yet")
                box.disown(drop, wrong)
                self._disowned(drop, wrong)
                return
            landed = landing.measure(folder)
            meta = landing.land(
                self.context.settings, folder, landed, self._meta(box, drop)
            )
        incoming = Incoming(
            night=self.context.night,
            department=drop.department,
            source_file=drop.source_file,
            sha256=landed.sha256,
            bytes=landed.bytes,
            drop_mark=drop.mark,
            received_at=datetime.fromisoformat(meta["received_at"]),
            modified_at=drop.modified_at,
            trial=drop.trial,
        )
        delivery = self.context.ledger.claim(incoming, sighting=drop.sighting)
        box.done(drop)
        log.info("claimed: %s, %d bytes", delivery.delivery_id, landed.bytes)

    def _meta(self, box: Inbox, drop: Drop) -> dict[str, str]:
        return {
            "name": drop.source_file.rpartition("/")[2],
            "from": f"{box.name}/{drop.department}/{drop.source_file}",
            "night": str(self.context.night),
            "received_at": drop.received_at.astimezone(
                business_date.SHANGHAI
            ).isoformat(),
            "modified_at": drop.modified_at.astimezone(
                business_date.SHANGHAI
            ).isoformat(),
        }

    def _disowned(self, drop: Drop, companion: str) -> None:
        """Leave a file with a wrong checksum where it is, and notify its department."""
        self._tell(
            drop.department,
            _notice_name(drop),
            f"文件《{drop.source_file}》与校验文件《{companion}》不符，未接收，仍在原处。\n"
            "处理办法：请重新上传文件或校验文件，下一次归集时自动接收。\n",
        )
        self._held(f"{drop.department}/{drop.source_file}", "checksum")

    def _unreadable(self, drop: Drop) -> None:
        """Leave a file without read permission where it is; record it."""
        self._tell(
            drop.department,
            _notice_name(drop),
            f"文件《{drop.source_file}》无法读取，未接收，仍在原处。\n"
            "处理办法：请检查文件能否打开和访问权限，重新上传文件；下一次归集时自动接收。\n",
        )
        self._held(f"{drop.department}/{drop.source_file}", "unreadable")

    def _unlisted(self, name: str) -> None:
        """Record that a folder, or a file in it, could not be read."""
        department = name.partition(":")[0].partition("/")[0]
        if department in self.context.catalog.departments:
            self._tell(
                department,
                "收件夹.部分未接收.txt",
                "收件夹中有子文件夹或文件无法读取（路径过长或没有访问权限），"
                "其中的文件未接收，仍在原处。\n"
                "处理办法：请缩短文件夹和文件的名称、减少层级，并检查访问权限；"
                "下一次归集时自动接收。\n",
            )
        self._held(name, "unreadable")

    def _too_big(self, drop: Drop) -> None:
        """Leave a file that is too large where it is, and notify its department."""
        limit = self.context.settings.file_bytes
        self._tell(
            drop.department,
            _notice_name(drop),
            f"文件《{drop.source_file}》大小为 {drop.size} 字节，"
            f"超过上限 {limit} 字节，未接收，仍在原处。\n"
            "处理办法：请将数据拆分为若干较小的文件后重新上传，并删除原文件。\n",
        )
        self._held(f"{drop.department}/{drop.source_file}", "too_big")

    def _crowded(self, department: str) -> None:
        """Skip an inbox with too many entries, and notify its department."""
        limit = self.context.settings.inbox_entries
        self._tell(
            department,
            "收件夹.未接收.txt",
            f"收件夹中的文件和子文件夹超过 {limit} 个，本次未接收其中任何文件。\n"
            "处理办法：请将已有回执的文件移走或删除，下一次归集时自动接收其余文件。\n",
        )
        if self._trace("inbox_crowded", department, {"limit": limit}):
            log.error("inbox of %s: more than %d entries, left", department, limit)

    def _held(self, subject: str, reason: str) -> None:
        if self._trace("held", subject, {"reason": reason}):
            log.warning(
                "left in the inbox: %s:%s, %s", self.context.night, subject, reason
            )

    def _trace(self, kind: str, subject: str, details: dict[str, str | int]) -> bool:
        """Trace something once a night."""
        return self.context.ledger.append_once(
            kind, f"{self.context.night}:{subject}"[:300], details
        )

    def _tell(self, department: str, name: str, text: str) -> None:
        with self._answering():
            receipts.write_notice(self.context, department, name, text)

    def answer_duplicates(self) -> None:
        """Write the receipts of what was delivered before."""
        delivered = self.context.ledger.deliveries(self.context.night)
        duplicates = [d for d in delivered if d.duplicate_of is not None]
        if not duplicates:
            return
        with self._answering():
            for delivery in duplicates:
                name = delivery.delivery_id
                with contained(self.context.ledger, self.context.night, "answer", name):
                    first = self.context.ledger.delivery(delivery.duplicate_of or "")
                    receipts.write(self.context, delivery, first=first)

    def _answering(self) -> AbstractContextManager[None]:
        """Hold a lock, so that no two claims write the same answer at a time."""
        return file_lock.turn(self.context.settings.outbox / ".answering")


def _notice_name(drop: Drop) -> str:
    """Name the notice about a file that is left where it is."""
    return answer_names.notice(drop.source_file, ".未接收.txt")


def _disagreeing(box: Inbox, drop: Drop, copied: Path) -> str | None:
    """Find the companion whose checksum the bytes do not have; None = all agree."""
    for companion in drop.companions:
        name = companion.rpartition(b"/")[2]
        kind = "." + readable(name).lower().rpartition(".")[2]
        length = _DIGESTS.get(kind)
        if length is None:
            continue
        words = box.words(companion).lower().split()
        stated = next((word for word in words if len(word) == length), None)
        with copied.open("rb") as file:
            computed = hashlib.file_digest(file, kind[1:]).hexdigest()
        if stated != computed:
            return readable(name)
    return None
