cwlVersion: v1.2
class: CommandLineTool
doc: {$include: parts/about.md}
requirements:
  SchemaDefRequirement:
    types:
      - $import: parts/sensor.yml
baseCommand: echo
inputs:
  - id: sensor
    type: parts/sensor.yml#Sensor
  - $import: parts/band.yml
outputs: []
