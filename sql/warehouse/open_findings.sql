-- The findings that wait to be mended: those about rows that are still in quarantine.
--
-- A row that was delivered again while it waited is one row to mend: what was said of
-- it last counts. The same holds for a file that was refused again under its name.
--
-- Grain:      one row per finding.
-- Reads:      standing_findings (about every open line), quarantine
-- Leaves out: findings about rows that were merged or closed since; findings about
--             earlier lines of a row that waits in a later delivery of its department.
-- Source:     阳府〔2018〕60号 第十二条 (the provider answers for its data)

with latest as (
    select
        night,
        batch_id,
        source_sheet,
        source_row,
        dense_rank() over (
            partition by
                department,
                dataset,
                source_row is null,
                case
                    when source_row is null then source_file
                    else coalesce(
                        record_id,
                        content,
                        concat_ws(
                            '|', batch_id, source_sheet, cast(source_row as varchar)
                        )
                    )
                end
            order by night desc, batch_id desc
        ) as place_from_last
    from quarantine
    where closed_night is null
)

select standing_findings.*  -- noqa: AM04
from standing_findings
inner join latest
    on
        standing_findings.night = latest.night
        and standing_findings.batch_id = latest.batch_id
        and standing_findings.source_sheet is not distinct from latest.source_sheet
        and standing_findings.source_row is not distinct from latest.source_row
where latest.place_from_last = 1
