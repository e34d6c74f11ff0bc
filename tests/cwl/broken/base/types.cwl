cwlVersion: v1.2
class: CommandLineTool
requirements:
  InlineJavascriptRequirement:
    expressionLib:
      - |
        function twice(x) {
          var y = x + x;
          return y;
        }
  SchemaDefRequirement:
    types:
      - name: Sensor
        type: record
        fields:
          - {name: name, type: string}
          - {name: gain, type: float?}
      - name: Level
        type: enum
        symbols: [L1C, L2A]
baseCommand: echo
arguments:
  - $(inputs.sensor.gain)
  - $(twice(inputs.count))
  - ${ if (inputs.many.length > 3) { return "many"; } else { return "few"; } }
  - valueFrom: >
      $(inputs.sensor.name
      + "-" + inputs.level)
  - "$(inputs.files[0].basename) \u00e9 $(inputs.count)"
inputs:
  - id: sensor
    type: Sensor
  - id: level
    type: Level?
  - id: count
    type: int
  - id: many
    type: {type: array, items: [string, int]}
    inputBinding: {itemSeparator: ','}
  - id: files
    type: File[]
    loadListing: no_listing
outputs: []
