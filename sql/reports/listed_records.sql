-- Whether every listed record is on public show (名单公示率).
--
-- Grain:      one row per list.
-- Reads:      records; published; withheld; list_datasets (ids of the lists)
-- Leaves out: revoked records and those whose term is over.
-- Parameters: $day (the day that must lie in the term), $released (night of the last
--             release: what was merged later has not been its turn; null = no release),
--             $person, $subject_class, $objection, $repaired (reasons that say whom a
--             record is about, that an objection is upheld, that it was repaired)
-- Source:     渝府办发〔2015〕159号 二(十五)

with in_term as (
    select
        dataset,
        record_id
    from records
    where
        operation <> 'revoke'
        and coalesce(term_ends_on >= $day, true)
        and merged_night <= $released
),

listed as (
    select
        in_term.dataset,
        in_term.record_id
    from in_term
    semi join list_datasets on in_term.dataset = list_datasets.dataset
),

shown as (
    select distinct published.record_id
    from published
    semi join list_datasets on published.dataset = list_datasets.dataset
),

reasons as (
    select
        dataset,
        record_id,
        reason in ($person, $subject_class, $objection, $repaired) as is_not_public
    from withheld
),

kept_back as (
    select
        reasons.record_id,
        bool_and(reasons.is_not_public) as is_not_public
    from reasons
    semi join list_datasets on reasons.dataset = list_datasets.dataset
    group by reasons.record_id
)

select
    list_datasets.dataset,
    count(listed.record_id) as held,
    count(shown.record_id) as shown,
    count(*) filter (
        where shown.record_id is null and not kept_back.is_not_public
    ) as withheld,
    count(*) filter (
        where shown.record_id is null and kept_back.is_not_public
    ) as not_public
from list_datasets
left join listed on list_datasets.dataset = listed.dataset
left join shown on listed.record_id = shown.record_id
left join kept_back on listed.record_id = kept_back.record_id
group by list_datasets.dataset
order by list_datasets.dataset
