cwlVersion: v1.2
class: Workflow
doc: A scatter over one input, the other the same for all.
requirements: {ScatterFeatureRequirement: {}, StepInputExpressionRequirement: {}, InlineJavascriptRequirement: {}}
inputs: {words: 'string[]'}
outputs: {pairs: {type: 'string[]', outputSource: each/pair}}
steps:
  each:
    run: pair.cwl
    scatter: left
    in:
      left: words
      right: {valueFrom: $(inputs.left.toUpperCase())}
    out: [pair]
