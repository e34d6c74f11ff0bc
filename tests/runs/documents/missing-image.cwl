cwlVersion: v1.2
class: CommandLineTool
requirements: {DockerRequirement: {dockerPull: "localhost/ellip/there-is-none:1"}}
baseCommand: "true"
inputs: []
outputs: []
