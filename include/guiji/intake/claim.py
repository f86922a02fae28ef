"""Claiming what departments dropped: landed, in the ledger, out of the inbox.

Each step leaves a state from which the next run goes on: bytes are landed before the
ledger knows them, and a file leaves the inbox only when the ledger has it. A kill
between any two steps costs nothing but the work of repeating them.

Source: 筑府办发〔2016〕39号 三(三)4 (GY2, 数据文件直报).
"""

import hashlib
import logging
from datetime import date
from pathlib import Path

from guiji import files, nights
from guiji.catalog.model import Catalog
from guiji.intake import inbox, landing, receipts
from guiji.ledger.deliveries import Delivery, Incoming
from guiji.ledger.ledger import Ledger
from guiji.ledger.progress import NightState
from guiji.settings import Settings

log = logging.getLogger(__name__)

SETTLE_SECONDS = 2.0
_DIGESTS = {".md5": 32, ".sha256": 64}


def claim_files(
    settings: Settings,
    catalog: Catalog,
    ledger: Ledger,
    night: date,
    settle_seconds: float = SETTLE_SECONDS,
) -> list[str]:
    """Claim every file that is ready; answer the duplicates.

    A night that is merged takes nothing more: what lies in the inbox waits for the
    next one.

    Args:
        settings: where inbox, landing and outbox are.
        catalog: whose departments may deliver.
        ledger: keeps what was claimed.
        night: the night that takes the files.
        settle_seconds: between the two looks that must find a file unchanged.

    Returns:
        Delivery ids of all the night's files that are no duplicates, sorted.
    """
    if ledger.open_night(night) is NightState.OPEN:
        landing.sweep(settings)
        _finish(settings, catalog, ledger)
        seen = inbox.settled(settings, catalog.departments.keys(), settle_seconds)
        _note(ledger, night, seen)
        for drop in seen.drops:
            _try(settings, catalog, ledger, night, drop)
        _answer_duplicates(settings, catalog, ledger, night)
    else:
        log.info("night %s takes nothing more: new files wait for the next", night)
    return [
        delivery.delivery_id
        for delivery in ledger.deliveries(night)
        if delivery.way == "file" and delivery.duplicate_of is None
    ]


def _finish(settings: Settings, catalog: Catalog, ledger: Ledger) -> None:
    """End the removals in whose midst a claim was killed."""
    departments = catalog.departments.keys()
    for department, aside in inbox.set_aside(settings, departments):
        try:
            known = ledger.holds(department, files.sha256_of(aside))
        except FileNotFoundError:  # a claim beside this one has just ended it
            continue
        if known:
            inbox.forget(aside)
        else:
            inbox.put_back(aside)


def _note(ledger: Ledger, night: date, seen: inbox.Look) -> None:
    for name in seen.strangers:
        if ledger.append_once("unknown_folder", f"{night}:{name}"[:300], {}):
            log.warning("inbox: no department %r in the catalogue, left alone", name)
    for name in seen.odd:
        if ledger.append_once("not_a_file", f"{night}:{name}"[:300], {}):
            log.warning("inbox: %r is no ordinary file, left alone", name)


def _try(
    settings: Settings, catalog: Catalog, ledger: Ledger, night: date, drop: inbox.Drop
) -> None:
    """Claim one file; one that cannot be read does not stop the others."""
    try:
        _claim(settings, catalog, ledger, night, drop)
    except inbox.Moved as moved:
        log.info("not claimed yet: %s", moved)
    except (inbox.Unreadable, PermissionError) as error:
        subject = f"{night}:{drop.department}/{drop.source_file}"[:300]
        if ledger.append_once("held", subject, {"reason": "unreadable"}):
            log.warning("left in the inbox: %s, %s", subject, error)


def _claim(
    settings: Settings, catalog: Catalog, ledger: Ledger, night: date, drop: inbox.Drop
) -> None:
    with landing.workplace(settings) as folder:
        copied = folder / landing.ORIGINAL
        inbox.copy(drop, copied)
        wrong = _disowned(drop, copied)
        if wrong is not None:
            _hold(settings, catalog, ledger, night, drop, wrong)
            return
        landed = landing.measure(folder)
        landing.land(settings, folder, landed, _meta(night, drop))
    incoming = Incoming(
        night=night,
        department=drop.department,
        source_file=drop.source_file,
        sha256=landed.sha256,
        bytes=landed.bytes,
        drop_mark=drop.mark,
        trial=drop.trial,
    )
    delivery = ledger.claim(incoming)
    inbox.remove(drop)
    log.info("claimed: %s, %d bytes", delivery.delivery_id, landed.bytes)


def _meta(night: date, drop: inbox.Drop) -> dict[str, str]:
    return {
        "name": drop.source_file.rpartition("/")[2],
        "from": f"inbox/{drop.department}/{drop.source_file}",
        "night": str(night),
        "received_at": nights.instant(night).isoformat(),
    }


def _disowned(drop: inbox.Drop, copied: Path) -> str | None:
    """Find the companion whose checksum the bytes do not have; None = all agree."""
    for companion in drop.companions:
        kind = companion.suffix.lower()
        length = _DIGESTS.get(kind)
        if length is None:
            continue
        try:
            words = companion.read_text("utf-8", "replace").lower().split()
        except FileNotFoundError as error:
            raise inbox.Moved(f"{drop.department}: a companion went away") from error
        told = next((word for word in words if len(word) == length), None)
        with copied.open("rb") as file:
            found = hashlib.file_digest(file, kind[1:]).hexdigest()
        if told != found:
            return companion.name
    return None


def _hold(
    settings: Settings,
    catalog: Catalog,
    ledger: Ledger,
    night: date,
    drop: inbox.Drop,
    companion: str,
) -> None:
    """Leave a file whose checksum is wrong where it is, and say so."""
    shown = inbox.readable(companion)
    receipts.write_notice(
        settings,
        catalog,
        night,
        drop.department,
        f"{drop.source_file.rpartition('/')[2]}.未接收.txt",
        f"文件《{drop.source_file}》与校验文件《{shown}》不符，未接收，仍在原处。\n"
        "处理办法：请重新上传文件或校验文件，下一次归集时自动接收。\n",
    )
    subject = f"{night}:{drop.department}/{drop.source_file}"[:300]
    if ledger.append_once("held", subject, {"reason": "checksum"}):
        log.warning("not claimed: %s, its checksum is wrong", subject)


def _answer_duplicates(
    settings: Settings, catalog: Catalog, ledger: Ledger, night: date
) -> None:
    for delivery in ledger.deliveries(night):
        if delivery.duplicate_of is not None:
            first: Delivery = ledger.delivery(delivery.duplicate_of)
            receipts.write(settings, catalog, delivery, first=first)
