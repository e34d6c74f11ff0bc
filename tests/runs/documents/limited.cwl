cwlVersion: v1.2
class: CommandLineTool
requirements:
  DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}
  ResourceRequirement: {ramMin: 8, ramMax: 64}
# dd takes its block into memory as a whole
baseCommand: [dd, if=/dev/zero, of=/dev/null, bs=200M, count=1]
inputs: []
outputs: []
