cwlVersion: v1.2
class: CommandLineTool
requirements:
  DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
  ResourceRequirement: {coresMin: 0.05, ramMin: 32}
baseCommand: [sh, -c]
# A container's two outputs are read apart: what comes at one moment has no order in its log.
arguments: ['echo working; sleep 1; echo "it broke" >&2; exit 3']
inputs: {}
outputs: {}
