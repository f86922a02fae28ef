"""A delivery that was refused as a whole is taken in on a named person's word, once."""

RULE = "spot_check.batch.mass_change"
WHY = "企业注销，批量清理"
