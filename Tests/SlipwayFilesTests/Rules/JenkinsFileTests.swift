// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SlipwayFiles

struct JenkinsFileTests {
    @Test func `a step knows its folder, its container and its line`() {
        let file = JenkinsFile(
            parsing: """
                pipeline {
                  agent { docker { image 'node:22' } }
                  // sh 'not this'
                  stages {
                    stage('Build') {
                      steps {
                        echo 'sh is a word'
                        dir('web') {
                          sh 'npm ci'
                        }
                        sh(script: "make \\$X", returnStatus: true)
                      }
                    }
                    stage('Image') {
                      agent any
                      steps {
                        sh '''
                          docker build .
                        '''
                      }
                    }
                  }
                }

                """)
        #expect(file.steps.map(\.folder) == ["web", ".", "."])
        #expect(file.steps.map(\.line) == [9, 11, 18])
        #expect(file.steps.map(\.image) == ["node:22", "node:22", nil])
        #expect(file.steps[1].text == "make $X")
        #expect(!file.hasTools)
    }

    @Test(
        arguments: [
            ("node { dir(\"a/${b}\") { sh 'make' } }", nil), ("node { ws('/x') { sh 'make' } }", nil),
            ("node { dir('a') { dir('b') { sh 'make' } } }", "a/b"), ("node { } sh 'make'", "."), ("sh 'make", "."),
        ] as [(String, String?)])
    func `a folder that is chosen while it runs is not known`(_ text: String, _ folder: String?) {
        #expect(JenkinsFile(parsing: text).steps.map(\.folder) == [folder])
    }

    @Test(arguments: ["", "}", "{{{", "'", "\"\"\"", "/*", "sh '''", "sh '\\"])
    func `broken pipelines are read to their end`(_ text: String) {
        #expect(JenkinsFile(parsing: text).steps.count <= 1)
    }
}
