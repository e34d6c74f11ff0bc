cwlVersion: v1.2
class: CommandLineTool
requirements:
  DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
  ResourceRequirement: {coresMin: 0.05, ramMin: 32}
baseCommand: [sh, -c]
arguments: ['echo working; echo "it broke" >&2; exit 3']
inputs: {}
outputs: {}
