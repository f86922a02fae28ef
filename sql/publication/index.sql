-- What one dataset shows on each channel tonight, and since when (公示目录).
--
-- Grain:      one row per channel and line.
-- Reads:      line, channel, published_before (the index of the last release),
--             published_ever (what any release has shown)
-- Leaves out: nothing.
-- Parameters: $dataset_id, $night
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 五(一)

with last_shown as (
    select *
    from published_before
    where dataset = $dataset_id
),

ever_shown as (
    select *
    from published_ever
    where dataset = $dataset_id
),

shown as (
    select
        channel.channel,
        line.record_id,
        line.version_id,
        line.line_hash,
        line.owner,
        line.term_ends_on,
        last_shown.first_published
    from line
    cross join channel
    left join last_shown
        on
            channel.channel = last_shown.channel
            and line.record_id = last_shown.record_id
),

returned as (
    select
        shown.channel,
        shown.record_id,
        min(ever_shown.first_published) as first_published
    from shown
    inner join ever_shown
        on
            shown.channel = ever_shown.channel
            and shown.record_id = ever_shown.record_id
    where shown.first_published is null
    group by shown.channel, shown.record_id
),

dated as (
    select
        shown.channel,
        shown.record_id,
        shown.version_id,
        shown.line_hash,
        shown.owner,
        shown.term_ends_on,
        coalesce(shown.first_published, returned.first_published) as first_published
    from shown
    left join returned
        on
            shown.channel = returned.channel
            and shown.record_id = returned.record_id
)

select
    channel,
    record_id,
    version_id,
    line_hash,
    owner,
    term_ends_on,
    $dataset_id as dataset,
    coalesce(first_published, $night::date) as first_published
from dated
