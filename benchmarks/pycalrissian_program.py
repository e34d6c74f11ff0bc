"""A program for pycalrissian, after its documentation; run by the Python that has it, not imported.

NAMESPACE DOCUMENT OUT RAM CORES INPUT...: it copies the inputs to the volume, submits, waits, and brings back the output
object and the outputs, whose names are known: five of them.
"""

import os
import sys
from pathlib import Path

import yaml
from pycalrissian.context import CalrissianContext
from pycalrissian.execution import CalrissianExecution
from pycalrissian.job import CalrissianJob
from pycalrissian.utils import copy_to_volume

MOUNT = "/calrissian"
OUTPUTS = ["joined.txt", "t0.loud", "t1.loud", "t2.loud", "t3.loud"]

namespace, document, out, ram, cores, *inputs = sys.argv[1:]
Path(out).mkdir(parents=True)
os.chdir(out)  # where it puts what it brings back
context = CalrissianContext.from_existing_namespace(
    namespace=namespace, storage_class="", volume_size="1Gi", service_account="calrissian"
)
context.initialise()
volume = {"name": "volume", "persistentVolumeClaim": {"claimName": context.calrissian_wdir}}
copy_to_volume(
    context=context,
    volume=volume,
    volume_mount={"name": "volume", "mountPath": MOUNT},
    source_paths=inputs,
    destination_path=MOUNT,
)
cwl = yaml.safe_load(Path(document).read_text("utf-8"))
files = [{"class": "File", "path": f"{MOUNT}/{Path(name).name}"} for name in inputs]
job = CalrissianJob(
    cwl=cwl,
    params={"texts": files},
    runtime_context=context,
    cwl_entry_point="four",
    max_ram=ram,
    max_cores=cores,
)
execution = CalrissianExecution(job=job, runtime_context=context)
execution.submit()
execution.monitor()
if not execution.is_succeeded():
    sys.exit(execution.get_log())
if not execution.get_output():
    sys.exit("there is no output object")
execution.get_file_from_volume(OUTPUTS)
