cwlVersion: v1.2
class: Workflow
requirements: {ScatterFeatureRequirement: {}, SubworkflowFeatureRequirement: {}, InlineJavascriptRequirement: {}}
inputs: {i: 'int[]', b: string, a: string?}
outputs: {o: {type: 'File[]', outputSource: zlast/o}}
hints: {DockerRequirement: {dockerPull: base:1}}
steps:
  zlast:
    run: copy.cwl
    scatter: x
    in: {x: sub/o}
    out: [o]
  sub:
    scatter: n
    run:
      class: Workflow
      inputs: {n: int, f: File}
      outputs: {o: {type: File, outputSource: inner2/o}}
      steps:
        inner2: {run: copy.cwl, in: {x: inner1/o}, out: [o]}
        inner1: {run: copy.cwl, in: {x: f}, out: [o]}
    in: {n: i, f: first/o}
    out: [o]
  first:
    run: tool.cwl
    when: $(true)
    in: {x: {default: 3}}
    out: [o]
