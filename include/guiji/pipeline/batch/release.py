"""Release (放行) a delivery that was refused as a whole, on a person's word.

A rule on a whole delivery is a suspicion: a department may have good reason to revoke
half of its records. A named person who knows the reason says so, and the coming night
takes the delivery again from its landed bytes, without the rules that refused it.
Nothing else can be released: what cannot be read, or is not of this department, is no
matter of trust. Rules on rows hold as ever.
"""

from dataclasses import dataclass

from guiji.checking.batch_rules import Waiver
from guiji.checking.suite.reconciliation import MASS_CHANGE
from guiji.context import Context
from guiji.core.errors import UsageError
from guiji.core.settings import Settings
from guiji.intake import landing
from guiji.ledger.deliveries import Delivery
from guiji.ledger.ledger import Ledger
from guiji.ledger.resubmission import Request
from guiji.pipeline.batch import fault_verdict
from guiji.pipeline.batch.outcome import VERDICT, read_verdict
from guiji.pipeline.batch.signatures import signature

TRACE = "batch_released"


@dataclass(frozen=True)
class Released:
    """A release.

    Attributes:
        first_id: delivery id of the delivery that was refused.
        by: who released it.
        why: the explanation.
        rules: ids of the rules that are waived, sorted.
        is_new: whether it was released just now, not before.
        taken_as: delivery id under which a night has taken it again; None = the
            coming night will.
    """

    first_id: str
    by: str
    why: str
    rules: tuple[str, ...]
    is_new: bool
    taken_as: str | None


def release(context: Context, identity: str, by: str, why: str) -> Released:
    """Release a delivery; one that is released already stays as it is.

    Parts of one full delivery that were refused together are released together.

    Args:
        context: settings, where its batch folder and its bytes are; ledger, keeps and
            traces the release.
        identity: its batch id or delivery id.
        by: the person's name.
        why: the explanation; identity and phone numbers in it are masked.

    Raises:
        UsageError: name or explanation is empty, there is no such delivery, or it was
            not refused by a rule on whole deliveries.

    Source:
        贵州省企业公共信用信息平台运行管理规则(试行) 第十四条 (留痕), 第二十五条
        (信息审计跟踪).
    """
    by, why = signature(by, why)
    delivery = context.ledger.delivery(identity)
    mark = _mark(delivery)
    is_new = False
    if context.ledger.request(mark) is None:
        rules = _waived(context, delivery)
        for part in [*_refused_together(context, delivery), delivery]:
            details = {"by": by, "why": why, "rules": rules}
            traced = {**details, "batch_id": part.batch_id}
            request = Request(_mark(part), part.delivery_id, details)
            is_new = context.ledger.ask_again(request, TRACE, traced)
    return _standing(context.ledger, mark, is_new)


def _refused_together(context: Context, delivery: Delivery) -> list[Delivery]:
    """Find the other parts of a full delivery that were refused for what all lack.

    Taken again without them, the delivery would lack their records, too.
    """
    return [
        other
        for other in context.ledger.deliveries(delivery.night)
        if other.delivery_id != delivery.delivery_id
        and (other.department, other.dataset) == (delivery.department, delivery.dataset)
        and all(_lacks_too_much(context.settings, d) for d in (delivery, other))
    ]


def _lacks_too_much(settings: Settings, delivery: Delivery) -> bool:
    if delivery.verdict != "refused" or delivery.trial:
        return False
    folder = settings.batches / str(delivery.batch_id)
    rules = read_verdict(folder)["refused_by"] if (folder / VERDICT).exists() else ()
    return any(rule.endswith(f".batch.{MASS_CHANGE.kind}") for rule in rules)


def waiver(ledger: Ledger, delivery: Delivery) -> Waiver | None:
    """Return the release under which a delivery was taken again; None = none."""
    behind = fault_verdict.request_behind(ledger, delivery)
    if behind is None or not behind[0].mark.startswith(_PREFIX):
        return None
    details = behind[0].details
    return Waiver(details["by"], details["why"], frozenset(details["rules"]))


_PREFIX = "release:"


def _mark(delivery: Delivery) -> str:
    return f"{_PREFIX}{delivery.delivery_id}"


def _standing(ledger: Ledger, mark: str, is_new: bool) -> Released:
    """Return the release that is in force, whoever made it."""
    request_and_delivery = ledger.request(mark)
    if request_and_delivery is None:
        raise AssertionError("a request that was left is there")
    request, taken = request_and_delivery
    return Released(
        first_id=request.first_id,
        by=request.details["by"],
        why=request.details["why"],
        rules=tuple(request.details["rules"]),
        is_new=is_new,
        taken_as=taken.delivery_id if taken else None,
    )


def _waived(context: Context, delivery: Delivery) -> list[str]:
    """Name the rules that refused a delivery, and those it was released from before."""
    name = delivery.batch_id or delivery.delivery_id
    if delivery.trial:
        raise UsageError(f"{name} is a trial delivery: it is never merged")
    if delivery.verdict != "refused":
        verdict = delivery.verdict or "not checked yet"
        raise UsageError(f"{name} was not refused: it is {verdict}")
    folder = context.settings.batches / name
    if not (folder / VERDICT).exists():
        raise UsageError(f"{name}: what the checks decided is not kept any more")
    decision = read_verdict(folder)
    rules = decision.get("refused_by")
    if not rules:
        code = decision["refusal"]["code"] if decision["refusal"] else "rows"
        raise UsageError(
            f"{name} was refused for {code}, not by a rule on the delivery as a whole; "
            "only such a refusal can be released"
        )
    if not landing.original(context.settings, delivery.sha256).exists():
        raise UsageError(f"{name}: its original bytes are not kept any more")
    before = waiver(context.ledger, delivery)
    return sorted({*rules, *(before.rules if before else ())})
