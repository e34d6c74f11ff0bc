cwlVersion: v1.2
class: CommandLineTool
hints: {DockerRequirement: {dockerPull: "docker.io/ellip/busybox:1"}}
baseCommand: gdal_nonsense
inputs: []
outputs: []
