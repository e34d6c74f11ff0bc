cwlVersion: v1.2
class: CommandLineTool
requirements:
  DockerRequirement: {dockerPull: "localhost:1/ellip/nowhere:1"}
  ResourceRequirement: {coresMin: 0.05, ramMin: 16}
baseCommand: "true"
inputs: {}
outputs: {}
