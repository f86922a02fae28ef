-- Licences of the human resources department, from its own database (行政许可).
--
-- Grain:      one row per licence decision.
-- Reads:      share_licence (the department's view)
-- Leaves out: nothing; the platform binds the time of change around this query.
-- Source:     双公示数据标准(2018)

select
    xk_xdr_mc,
    xk_xdr_lb,
    xk_xdr_shxym,
    xk_xdr_gszc,
    xk_xdr_zzjg,
    xk_xdr_swdj,
    xk_xdr_sydw,
    xk_xdr_shzz,
    xk_frdb,
    xk_fr_zjlx,
    xk_fr_zjhm,
    xk_xdr_zjlx,
    xk_xdr_zjhm,
    xk_xkws,
    xk_wsh,
    xk_xklb,
    xk_xkzs,
    xk_xkbh,
    xk_nr,
    xk_jdrq,
    xk_yxqz,
    xk_yxqzi,
    xk_xkjg,
    xk_xkjgdm,
    xk_zt,
    xk_lydw,
    xk_lydwdm,
    bz,
    updated_at
from share_licence
