"""The safety screen: two nets that fail independently read every message before anything else is decided.

Importing this package brings in no Rasa; the pipeline's component is `legwork.nlu.safety.component.SafetyScreen`.
"""

_state = {"patterns": True, "net": False}


def status() -> dict[str, bool]:
    """What /health/ready asks: the patterns always work, the trained net may be missing or broken."""
    return dict(_state)


def report_net(ready: bool) -> None:
    """The component says whether its trained net is loaded."""
    _state["net"] = ready
