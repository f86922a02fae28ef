-- Whether each record is on show tonight, and why not (公示期限).
--
-- The last day of a term is still on show; when it is, `warehouse.terms` says. What is
-- over stays over, whether or not the record has a class.
--
-- Grain:      one row per record, with its columns and its standing: shown, revoked,
--             repaired, undecided, term_over or class_not_shown (no channel shows its
--             class of subjects).
-- Reads:      candidate (term_ends_on: null = no end; is_repaired, is_undecided,
--             is_unpublished), shown_class (classes of subjects that a channel shows)
-- Leaves out: nothing.
-- Parameters: $night
-- Source:     阳府〔2018〕60号 第十八条 (公开期限届满终止公开);
--             信用修复管理办法(国家发展改革委令第36号); 民法典 第二百零二条

with classed as (
    select
        candidate.*,
        shown_class.subject_class is not null as is_class_shown
    from candidate
    left join shown_class on candidate.subject_class = shown_class.subject_class
)

select
    classed.*,  -- noqa: AM04
    case
        when classed.operation = 'revoke' then 'revoked'
        when classed.term_ends_on < $night::date then 'term_over'
        when classed.is_repaired then 'repaired'
        when classed.is_undecided then 'undecided'
        when classed.is_unpublished then 'term_over'
        when not classed.is_class_shown then 'class_not_shown'
        else 'shown'
    end as standing
from classed
