-- Whether each record is on show tonight, and why not (公示期限).
--
-- The term is the shorter one of the regime in force when the record was made and
-- of the one in force tonight. A record with several values of its class item has
-- the longest of their terms. The last day of a term is still on show. A date that the
-- record states ends its term, but not before the shortest term of its classes.
--
-- Grain:      one row per record: shown, revoked, undecided, term_over or
--             class_not_shown (no channel shows its class of subjects).
-- Reads:      candidate, term_class (value -> class of severity), term_month,
--             shown_class (classes of subjects that a channel shows)
-- Leaves out: nothing.
-- Parameters: $night, $has_regime (false: only the record's own dates end it),
--             $unnamed_class (class of values that no class names, may be null)
-- Source:     阳府〔2018〕60号 第十八条 (公开期限届满终止公开);
--             信用修复管理办法(国家发展改革委令第36号); 民法典 第二百零二条

with valued as (
    select
        record_id,
        term_start,
        $night::date as tonight,
        $unnamed_class::varchar as default_class,
        unnest(class_values) as item_value
    from candidate
    where $has_regime
),

classed as (
    select distinct
        valued.record_id,
        valued.term_start,
        valued.tonight,
        coalesce(term_class.severity_class, valued.default_class) as severity_class
    from valued
    left join term_class on valued.item_value = term_class.item_value
),

timed as (
    select
        classed.record_id,
        max(regime_then.months) as months_then,
        max(regime_now.months) as months_now,
        max(regime_then.min_months) as min_months_then,
        max(regime_now.min_months) as min_months_now,
        bool_or(classed.severity_class is null or classed.term_start is null)
            as is_unknown
    from classed
    left join term_month as regime_then
        on
            classed.severity_class = regime_then.severity_class
            and classed.term_start
            between regime_then.effective_from and regime_then.effective_to
    left join term_month as regime_now
        on
            classed.severity_class = regime_now.severity_class
            and classed.tonight
            between regime_now.effective_from and regime_now.effective_to
    group by classed.record_id
),

bounded as (
    select
        candidate.record_id,
        candidate.operation,
        candidate.term_start,
        candidate.ends_on,
        shown_class.subject_class is not null as is_class_shown,
        least(timed.months_then, timed.months_now) as months,
        least(timed.min_months_then, timed.min_months_now) as min_months,
        coalesce(timed.is_unknown, false) as is_unknown
    from candidate
    left join timed on candidate.record_id = timed.record_id
    left join shown_class on candidate.subject_class = shown_class.subject_class
)

select
    record_id,
    case
        when operation = 'revoke' then 'revoked'
        when
            ends_on < $night::date
            and coalesce(
                (term_start + to_months(min_months))::date < $night::date, true
            )
            then 'term_over'
        when is_unknown then 'undecided'
        when months = 0 then 'term_over'
        when (term_start + to_months(months))::date < $night::date then 'term_over'
        when not is_class_shown then 'class_not_shown'
        else 'shown'
    end as standing
from bounded
