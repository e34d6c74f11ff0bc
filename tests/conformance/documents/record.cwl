cwlVersion: v1.2
class: CommandLineTool
doc: A record comes in, with bindings in its fields; a record goes out.
requirements: {InlineJavascriptRequirement: {}}
baseCommand: [echo, -n]
inputs:
  sensor:
    type:
      type: record
      name: sensor
      fields:
        - {name: gain, type: int, inputBinding: {prefix: --gain, position: 2}}
        - {name: name, type: string, inputBinding: {prefix: --name=, separate: false, position: 1}}
        - {name: unit, type: string?, inputBinding: {prefix: --unit, position: 3}}
stdout: line.txt
outputs:
  told:
    type:
      type: record
      name: told
      fields:
        - name: line
          type: string
          outputBinding: {glob: line.txt, loadContents: true, outputEval: '$(self[0].contents)'}
        - {name: file, type: File, outputBinding: {glob: line.txt}}
