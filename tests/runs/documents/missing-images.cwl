cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}}
inputs: {numbers: {type: "int[]", default: [1, 2, 3]}}
outputs: []
steps:
  each:
    in: {number: numbers}
    scatter: number
    out: []
    run:
      class: CommandLineTool
      requirements: {DockerRequirement: {dockerPull: "localhost/ellip/there-is-none:1"}}
      baseCommand: "true"
      inputs: {number: {type: int, inputBinding: {}}}
      outputs: []
