cwlVersion: v1.2
class: CommandLineTool
doc: A file and its index come in, both go out under new names.
requirements: {InlineJavascriptRequirement: {}}
baseCommand: sh
arguments: [-c, 'cat "$0" "$0.idx" > out.txt && cp "$0.idx" out.txt.idx && wc -l < out.txt', $(inputs.data.path)]
inputs:
  data:
    type: File
    secondaryFiles:
      - .idx
      - {pattern: ^.gone, required: false}
stdout: count
outputs:
  copy:
    type: File
    outputBinding: {glob: out.txt}
    secondaryFiles: [.idx]
