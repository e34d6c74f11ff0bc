cwlVersion: v1.2
class: CommandLineTool
doc: Makes a file of holes.
requirements:
  DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
  ResourceRequirement: {coresMin: 0.05, ramMin: 32}
baseCommand: [dd, if=/dev/null, of=large, bs=1, count=0]
inputs: {size: {type: int, inputBinding: {prefix: seek=, separate: false}}}
outputs: {large: {type: File, outputBinding: {glob: large}}}
