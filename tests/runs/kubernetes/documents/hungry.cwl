cwlVersion: v1.2
class: CommandLineTool
requirements:
  DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
  ResourceRequirement: {coresMin: 0.05, ramMin: 16}
baseCommand: [sh, -c]
arguments: ['x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done']
inputs: {}
outputs: {}
