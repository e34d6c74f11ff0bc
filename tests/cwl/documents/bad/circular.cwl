cwlVersion: v1.2
class: Workflow
inputs: {i: string}
outputs: []
steps:
  a:
    run: ../copy.cwl
    in: {x: b/o}
    out: [o]
  b:
    run: ../copy.cwl
    in: {x: a/o}
    out: [o]
