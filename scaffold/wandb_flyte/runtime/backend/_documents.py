"""The GraphQL documents that sweeps and agents need, named as wandb names them."""

from __future__ import annotations

_RUN_FIELDS = """
fragment RunFields on Run {
  id
  name
  displayName
  state
  config
  summaryMetrics
  createdAt
  heartbeatAt
}
"""

VIEWER = """
query Viewer {
  viewer { id entity username }
}
"""

UPSERT_SWEEP = """
mutation UpsertSweep(
  $id: ID
  $config: String
  $description: String
  $entityName: String
  $projectName: String
  $displayName: String
) {
  upsertSweep(input: {
    id: $id
    config: $config
    description: $description
    entityName: $entityName
    projectName: $projectName
    displayName: $displayName
  }) {
    sweep {
      name
      project { id name entity { id name } }
    }
    configValidationWarnings
  }
}
"""

UPSERT_SWEEP_STATE = """
mutation UpsertSweep($id: ID, $state: String, $entityName: String, $projectName: String) {
  upsertSweep(input: {
    id: $id
    state: $state
    entityName: $entityName
    projectName: $projectName
  }) {
    sweep { name }
  }
}
"""

GET_SWEEP = """
query GetSweep($name: String!, $project: String, $entity: String) {
  project(name: $project, entityName: $entity) {
    sweep(sweepName: $name) {
      id
      name
      displayName
      state
      description
      config
      runCount
      runCountExpected
      createdAt
    }
  }
}
"""

GET_SWEEPS = """
query GetSweeps(
  $project: String!
  $entity: String!
  $cursor: String
  $perPage: Int = 50
) {
  project(name: $project, entityName: $entity) {
    sweeps(after: $cursor, first: $perPage) {
      pageInfo { endCursor hasNextPage }
      edges { node { id name description createdAt } }
    }
  }
}
"""

RUNS = (
    _RUN_FIELDS
    + """
query Runs(
  $project: String!
  $entity: String!
  $cursor: String
  $perPage: Int = 50
  $order: String
  $filters: JSONString
) {
  project(name: $project, entityName: $entity) {
    runs(filters: $filters, after: $cursor, first: $perPage, order: $order) {
      pageInfo { endCursor hasNextPage }
      edges {
        node { ...RunFields }
      }
    }
  }
}
"""
)

RUN = (
    _RUN_FIELDS
    + """
query Run($project: String!, $entity: String!, $name: String!) {
  project(name: $project, entityName: $entity) {
    run(name: $name) { ...RunFields }
  }
}
"""
)

COUNT_RUNS = """
query Runs($project: String!, $entity: String!, $filters: JSONString) {
  project(name: $project, entityName: $entity) {
    runCount(filters: $filters)
  }
}
"""

HISTORY_PAGE = """
query HistoryPage(
  $entity: String!
  $project: String!
  $run: String!
  $minStep: Int64!
  $maxStep: Int64!
  $pageSize: Int!
) {
  project(name: $project, entityName: $entity) {
    run(name: $run) {
      history(minStep: $minStep, maxStep: $maxStep, samples: $pageSize)
    }
  }
}
"""

REWIND_RUN = """
mutation RewindRun(
  $runName: String!
  $entity: String
  $project: String
  $metricName: String!
  $metricValue: Float!
) {
  rewindRun(input: {
    runName: $runName
    entityName: $entity
    projectName: $project
    metricName: $metricName
    metricValue: $metricValue
  }) {
    rewoundRun { id }
  }
}
"""

GET_SWEEP_AGENTS = """
query GetSweepAgents($sweep: String!, $entity: String, $project: String) {
  project(name: $project, entityName: $entity) {
    sweep(sweepName: $sweep) {
      agents {
        edges { node { id name host createdAt heartbeatAt } }
      }
    }
  }
}
"""

GET_AGENT_RUNS = (
    _RUN_FIELDS
    + """
query GetAgentRuns(
  $agentID: String!
  $sweep: String!
  $entity: String
  $project: String
  $after: String
  $first: Int
) {
  project(name: $project, entityName: $entity) {
    sweep(sweepName: $sweep) {
      agent(agentName: $agentID) {
        runs(after: $after, first: $first) {
          pageInfo { endCursor hasNextPage }
          edges {
            node { ...RunFields }
          }
        }
      }
    }
  }
}
"""
)

CREATE_AGENT = """
mutation CreateAgent(
  $host: String!
  $projectName: String
  $entityName: String
  $sweep: String!
) {
  createAgent(input: {
    host: $host
    projectName: $projectName
    entityName: $entityName
    sweep: $sweep
  }) {
    agent { id }
  }
}
"""

HEARTBEAT = """
mutation Heartbeat($id: ID!, $metrics: JSONString, $runState: JSONString) {
  agentHeartbeat(input: { id: $id, metrics: $metrics, runState: $runState }) {
    agent { id }
    commands
  }
}
"""
