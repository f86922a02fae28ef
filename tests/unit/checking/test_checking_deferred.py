"""Libraries nobody uses stay unloaded, and are whole when somebody does use them."""

import subprocess
import sys


def told(code: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return ran.stdout


def test_great_expectations_comes_without_scipy() -> None:
    code = """
import sys, guiji.checking.gx.expectations
print(sum(name.startswith(("scipy", "altair")) for name in sys.modules) < 20)
print([f for f in sys.meta_path if type(f).__module__.startswith("guiji")])
"""
    assert told(code) == "True\n[]\n"


def test_a_deferred_library_loads_on_its_first_use() -> None:
    code = """
import sys
from guiji.checking.gx.deferred import deferred
with deferred("colorsys"):
    import colorsys
print("rgb_to_hsv" in object.__getattribute__(colorsys, "__dict__"))
print(colorsys.rgb_to_hsv(0.0, 0.0, 1.0))
"""
    assert told(code) == "False\n(0.6666666666666666, 1.0, 1.0)\n"


def test_a_module_that_does_not_exist_is_still_missing() -> None:
    code = """
from guiji.checking.gx.deferred import deferred
try:
    with deferred("no_such_module"):
        import no_such_module
except ModuleNotFoundError as error:
    print(error.name)
"""
    assert told(code) == "no_such_module\n"
