cwlVersion: v1.0
class: Workflow
requirements:
  StepInputExpressionRequirement: {}
inputs:
  words: string[]
outputs:
  said:
    type: File
    outputSource: second/said
steps:
  first:
    run: say.cwl
    in:
      word:
        source: words
        valueFrom: $(self[0])
    out: [said]
  second:
    run: say.cwl
    in:
      word: {default: done}
      after: first/said
    out: [said]
