"""The parts of testnet/bench. They make networks as the tests of whole processes do, by the same modules."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "tests" / "processes"))
