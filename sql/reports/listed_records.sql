-- Whether every listed record is on public show (名单公示率).
--
-- Grain:      one row per list.
-- Reads:      records; published; withheld; list_datasets (ids of the lists)
-- Leaves out: revoked records and those whose term is over.
-- Parameters: $day (the day that must lie in the term), $released (night of the last
--             release: what was merged later has not been its turn; null = no release),
--             $person, $subject_class (reasons that say whom a record is about)
-- Source:     渝府办发〔2015〕159号 二(十五)

with listed as (
    select
        records.dataset,
        records.record_id
    from records
    semi join list_datasets on records.dataset = list_datasets.dataset
    where
        records.operation <> 'revoke'
        and coalesce(records.term_ends_on >= $day, true)
        and records.merged_night <= $released
),

shown as (
    select distinct published.record_id
    from published
    semi join list_datasets on published.dataset = list_datasets.dataset
),

kept_back as (
    select
        withheld.record_id,
        bool_and(withheld.reason in ($person, $subject_class)) as is_not_public
    from withheld
    semi join list_datasets on withheld.dataset = list_datasets.dataset
    group by withheld.record_id
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
