cwlVersion: v1.2
class: Workflow
inputs: []
steps:
  good:
    run:
      class: CommandLineTool
      baseCommand: [sh, -c, "echo kept > kept.txt"]
      inputs: []
      outputs: {kept: {type: File, outputBinding: {glob: kept.txt}}}
    in: []
    out: [kept]
  bad:
    run:
      class: CommandLineTool
      baseCommand: [sh, -c, "echo one; echo the last word >&2; exit 3"]
      inputs: {kept: File}
      outputs: {never: {type: "File?", outputBinding: {glob: never.txt}}}
    in: {kept: good/kept}
    out: [never]
  after:
    run:
      class: CommandLineTool
      baseCommand: "true"
      inputs: {never: "File?"}
      outputs: []
    in: {never: bad/never}
    out: []
outputs:
  kept: {type: File, outputSource: good/kept}
