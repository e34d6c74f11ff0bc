cwlVersion: v1.2
class: Workflow
inputs: {i: string}
outputs: {o: {type: int, outputSource: a/o}}
steps:
  a:
    run: ../tool.cwl
    in: {x: i, zz: i}
    out: [o]
