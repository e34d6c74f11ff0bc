cwlVersion: v1.2
class: Workflow
inputs: {i: 'int[]'}
outputs: []
steps:
  a:
    run: ../tool.cwl
    scatter: x
    in: {x: i}
    out: [o]
