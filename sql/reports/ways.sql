-- Rows read in a night by the way they came in (数据自动采集, 数据文件直报).
--
-- Grain:      one row per way.
-- Reads:      deliveries
-- Leaves out: trial deliveries and repetitions of the same bytes.
-- Parameters: $night
-- Source:     筑府办发〔2016〕39号 三(三)4

select
    way,
    count(*) as deliveries,
    coalesce(sum(rows_read), 0)::bigint as rows_read
from deliveries
where
    night = $night
    and verdict in ('accepted', 'partly', 'refused')
group by way
order by way
