"""What every test here is counted by can fail: it sees what was forgotten, names it, and can remove it."""

from __future__ import annotations

import pytest

from .conftest import IMAGE, Namespace

LEFT = ["job/forgotten", "map/forgotten", "pod/forgotten", "volume/forgotten"]


def test_what_is_left_is_counted_and_named(namespace: Namespace) -> None:
    about = {"metadata": {"name": "forgotten"}}
    # neither of the two ever starts
    pod = {
        "restartPolicy": "Never",
        "nodeSelector": {"ellip": "nowhere"},
        "containers": [{"name": "c", "image": IMAGE}],
    }
    job = {"template": {"spec": pod}, "parallelism": 0}
    namespace.core.create_namespaced_config_map(namespace.name, about)
    namespace.core.create_namespaced_pod(namespace.name, {**about, "spec": pod})
    namespace.batch.create_namespaced_job(namespace.name, {**about, "spec": job})
    namespace.on_volume("mkdir -p /calrissian/forgotten/in")
    try:
        assert namespace.left() == LEFT
        with pytest.raises(AssertionError, match=f"left behind: {' '.join(LEFT)}$"):
            namespace.settled(patience=0)
        assert namespace.on_volume("ls -A /calrissian") == "forgotten\n", "as a pod sees it"
    finally:
        namespace.empty()
    assert namespace.left() == []
