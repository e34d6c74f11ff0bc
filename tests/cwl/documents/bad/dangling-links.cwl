cwlVersion: v1.2
class: Workflow
inputs: {i: string}
outputs: {o: {type: File, outputSource: a/nope}}
steps:
  a:
    run: nowhere.cwl
    in: {x: j}
    out: [o]
