// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles

/// `slipway.yml` described for people and for editors, made from ``ConfigurationKeys``.
package enum ConfigurationReference {
    /// `docs/slipway-yml.md`
    package static var markdown: String {
        """
        # slipway.yml

        Optional, in the repository's root. It holds only what you want different from what `slipway detect` finds;
        `slipway detect --explain` says of every value where it comes from. A flag is stronger than the environment,
        the environment than the file's own values, those than what is detected, and that than a default.
        An unknown key, a wrong type, a key that stands twice or a tab is an error with its line.

        ```yaml
        name: shop
        services:
          server:
            port: 8000
            healthPath: /api/health
          mailer:
            role: worker
            directory: server
            start: python -m app.mailer
          storybook:
            enabled: false
        resources:
          db:
            version: "16"
        variables:
          LOG_LEVEL: info
          SESSION_KEY:
            secret: true
            required: true
        environments:
          staging:
            variables:
              LOG_LEVEL: debug
        ```

        ## Top level

        | key | value |
        |---|---|
        | `name` | name of the application; lower-case letters, digits and hyphens are kept |
        | `services` | a mapping from names to the keys below; a name that is not detected makes a new service |
        | `resources` | a mapping from names to the keys below |
        | `variables` | a mapping from names to a plain value, or to the keys below |
        | `edge` | what is different about the embedded engine's edge, below and in [edge.md](edge.md) |
        | `backup` | when the embedded engine makes backups by itself, below and in [backups.md](backups.md) |
        | `check` | what `slipway check` does differently, below |
        | `environments` | a mapping from names to any of the keys above; chosen with `--env NAME` |

        `enabled: false` leaves out a service or a resource that was detected. `null` takes a detected value away.

        ## services.NAME

        \(table(ConfigurationKeys.service))

        ## resources.NAME

        \(table(ConfigurationKeys.resource))

        ## variables.NAME

        \(table(ConfigurationKeys.variable))

        ## edge

        \(table(ConfigurationKeys.edge))

        ## backup

        \(table(ConfigurationKeys.backup))

        ## check

        | key | value | meaning |
        |---|---|---|
        | `rules` | a mapping from codes (or other tools' names) to error, warning, info or off | Severities that differ. |
        | `ignore` | a list of `{code, reason, path}` | Rules that are quiet, everywhere or where the path matches; a reason is wanted. |
        | `baseline` | a file's name | Findings that were accepted; written by `slipway check --write-baseline FILE`. |
        | `trusted-registries` | a list of registries, with `*` at one end | Where base images may come from (DF326); `docker.io` is Docker Hub. |
        | `labels` | a mapping from labels to text, url, rfc3339, spdx, hash, semver or email | Labels that every image must have (DF349 and after). |
        | `only-labels` | true or false | Whether images may have no other label (DF350). |

        What is not said here is taken from `.hadolint.yaml`: `trustedRegistries`, `label-schema`, `strict-labels`.

        ```yaml
        check:
          rules:
            DF308: off
            DL3025: error
          ignore:
            - {code: DF014, path: legacy, reason: replaced next month}
          baseline: .slipway-baseline.json
          trusted-registries: [docker.io, "*.example.com"]
          labels:
            org.opencontainers.image.source: url
        ```

        """
    }

    private static func table<Value>(_ keys: [ConfigurationKey<Value>]) -> String {
        (["| key | value | meaning | example |", "|---|---|---|---|"]
            + keys.map { "| `\($0.name)` | \($0.shape.inWords) | \($0.summary) | `\($0.example)` |" })
            .joined(separator: "\n")
    }

    private static let labelKinds = ImagePolicy.LabelKind.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")

    /// `Schemas/slipway-yml.schema.json`
    package static var schema: String {
        """
        {
          "$schema": "https://json-schema.org/draft/2020-12/schema",
          "title": "slipway.yml",
          "type": ["object", "null"],
          "additionalProperties": false,
          "properties": {
            "check": {
              "type": ["object", "null"],
              "additionalProperties": false,
              "properties": {
                "rules": {
                  "type": ["object", "null"],
                  "additionalProperties": { "enum": ["error", "warning", "info", "off", false] }
                },
                "ignore": {
                  "type": ["array", "null"],
                  "items": {
                    "type": "object",
                    "additionalProperties": false,
                    "required": ["code", "reason"],
                    "properties": {
                      "code": { "type": "string" },
                      "reason": { "type": "string" },
                      "path": { "type": "string" }
                    }
                  }
                },
                "baseline": { "type": "string" },
                "trusted-registries": { "type": "array", "items": { "type": "string" } },
                "labels": {
                  "type": ["object", "null"],
                  "additionalProperties": { "enum": [\(labelKinds)] }
                },
                "only-labels": { "type": "boolean" }
              }
            },
            "environments": { "type": ["object", "null"], "additionalProperties": { "$ref": "#/$defs/layer" } },
        \(layerProperties(indentation: 4))
          },
          "$defs": {
            "layer": {
              "type": ["object", "null"],
              "additionalProperties": false,
              "properties": {
        \(layerProperties(indentation: 8))
              }
            },
            "service": \(object(ConfigurationKeys.service, hasSwitch: true)),
            "edge": \(object(ConfigurationKeys.edge, hasSwitch: false)),
            "backup": \(object(ConfigurationKeys.backup, hasSwitch: false)),
            "resource": \(object(ConfigurationKeys.resource, hasSwitch: true)),
            "variable": {
              "anyOf": [
                { "type": ["string", "number", "boolean", "null"] },
                \(object(ConfigurationKeys.variable, hasSwitch: false))
              ]
            }
          }
        }

        """
    }

    private static func layerProperties(indentation: Int) -> String {
        let named = ["services": "service", "resources": "resource", "variables": "variable"].sorted { $0.key < $1.key }
        let lines =
            ["\"name\": { \"type\": [\"string\", \"number\"] }"]
            + ["\"edge\": { \"$ref\": \"#/$defs/edge\" }", "\"backup\": { \"$ref\": \"#/$defs/backup\" }"]
            + named.map {
                "\"\($0.key)\": { \"type\": [\"object\", \"null\"], \"additionalProperties\": { \"$ref\": \"#/$defs/\($0.value)\" } }"
            }
        return lines.map { String(repeating: " ", count: indentation) + $0 }.joined(separator: ",\n")
    }

    private static func object<Value>(_ keys: [ConfigurationKey<Value>], hasSwitch: Bool) -> String {
        var lines = keys.map { key in
            let body = key.shape.schema.dropFirst(2)
            return "\"\(key.name)\": { \"description\": \"\(key.summary)\", \(body)"
        }
        if hasSwitch { lines.append("\"enabled\": { \"type\": \"boolean\" }") }
        let properties = lines.map { "        " + $0 }.joined(separator: ",\n")
        return """
            {
                  "type": ["object", "null"],
                  "additionalProperties": false,
                  "properties": {
            \(properties)
                  }
                }
            """
    }
}
