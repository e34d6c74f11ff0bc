cwlVersion: v1.2
class: Workflow
inputs: {i: string}
outputs: {}
steps:
  a:
    run: unknown-type.cwl
    in: {x: i}
    out: [o]
