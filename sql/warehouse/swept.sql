-- Records of one table of a department's database, beside the table as it is now.
--
-- Grain:      one row per record that stands and is gone, or that was revoked by a
--             sweep of the table and is back (`is_back`); with the version's place.
-- Reads:      standing (current versions of the dataset), extracted (batches that came
--             from the table), present (record ids of the rows that the table has)
-- Leaves out: records of other departments; records that another way than the table
--             stated last; records whose key a row of the table has in whose code or
--             key something is wrong, because what that row is about is not known.
-- Parameters: $owner (department)
-- Source:     阳府〔2018〕60号 第十一条 (撤销); 贵州省企业公共信用信息平台运行管理
--             规则(试行) 第二十四条 (own records only)

with own as (
    select
        record_id,
        record_key,
        batch_id,
        source_row,
        operation = 'revoke' as is_revoked
    from standing
    where owner = $owner and source_row is not null
),

held as (
    select
        own.record_id,
        own.record_key,
        own.batch_id,
        own.source_row,
        own.is_revoked,
        extracted.is_swept
    from own
    inner join extracted on own.batch_id = extracted.batch_id
),

there as (
    select distinct record_id
    from present
),

doubtful as (
    select distinct record_key
    from present
    where is_doubtful
)

select
    held.record_id,
    held.batch_id,
    held.source_row,
    held.is_revoked as is_back
from held
left join there on held.record_id = there.record_id
left join doubtful on held.record_key = doubtful.record_key
where
    (
        not held.is_revoked
        and there.record_id is null
        and doubtful.record_key is null
    )
    or (held.is_revoked and held.is_swept and there.record_id is not null)
