-- The deliveries of a night, one by one.
--
-- Grain:      one row per delivery.
-- Reads:      deliveries
-- Leaves out: deliveries of other nights, and repetitions of the same bytes, which
--             are judged by their first delivery. No file name is shown.
-- Parameters: $night
-- Source:     福建省涉企信息统一归集公示工作实施方案(2016) 七(三)

select
    batch_id,
    department,
    dataset,
    verdict,
    rows_read,
    rows_accepted,
    rows_quarantined
from deliveries
where night = $night and batch_id is not null and verdict <> 'duplicate'
order by department, dataset nulls last, batch_id
