-- `:GymLsp new`: makes the files of a new component, and asks for what the arguments leave open.

local lsp_client = require('gym_lsp.client')

local M = {}

--- The kinds of components, each with what it is.
local MEANINGS = {
  { 'environment', 'tasks for training: a config, a program that grades answers, and rows' },
  { 'benchmark', 'tasks for evaluation: a config, a program that grades answers, a prompt and a script for the rows' },
  { 'agent', 'a program that works on a task with a model' },
  { 'resources-server', 'a program that grades answers, with its config and rows' },
  { 'sandbox', 'a config of a place in which agents run commands' },
  { 'recipe', 'a config that trains on an environment with NeMo RL' },
}

--- The kinds, in the order in which they are offered.
---@type string[]
M.KINDS = vim.tbl_map(function(each)
  return each[1]
end, MEANINGS)

local function choose_kind(on_kind)
  vim.ui.select(MEANINGS, {
    prompt = 'New component:',
    format_item = function(each)
      return ('%s: %s'):format(each[1], each[2])
    end,
  }, function(chosen)
    if chosen then
      on_kind(chosen[1])
    end
  end)
end

--- Asks for a name until the server accepts it, and passes it on with the server's questions.
local function choose_name(client, request, written, on_name)
  vim.ui.input({ prompt = ('Name of the new %s: '):format(request.kind), default = written }, function(name)
    if not name or name == '' then
      return
    end
    lsp_client.execute(client, 'gymLsp.newQuestions', vim.tbl_extend('force', request, { name = name }), function(asked)
      on_name(name, asked.questions)
    end, function(message)
      lsp_client.report(message)
      choose_name(client, request, name, on_name)
    end)
  end)
end

--- Returns the answers to offer, the usual one first.
local function answers_of(question)
  local usual = question.usual ~= vim.NIL and question.usual or nil
  local answers = { usual }
  for _, answer in ipairs(question.known) do
    if answer ~= usual then
      table.insert(answers, answer)
    end
  end
  return answers
end

--- Asks the questions one after the other, and calls `on_answered` once `request` has all answers.
local function ask(questions, index, request, on_answered)
  local question = questions[index]
  -- With an existing resources server, everything else is decided.
  if not question or (request.resources_server or '') ~= '' then
    on_answered()
    return
  end
  local function answered(answer)
    request[question.field] = answer
    ask(questions, index + 1, request, on_answered)
  end
  local answers = answers_of(question)
  if #answers < 2 and question.usual ~= vim.NIL then
    answered(answers[1])
    return
  end
  vim.ui.select(answers, {
    prompt = question.text .. ':',
    format_item = function(answer)
      return answer ~= '' and answer or question.empty
    end,
  }, function(answer)
    if answer then
      answered(answer)
    end
  end)
end

--- Applies the edit and writes the files that it makes. They stay in their buffers, where each edit can be undone.
local function apply(client, made)
  vim.lsp.util.apply_workspace_edit(made.edit, client.offset_encoding)
  local changes = {}
  for _, change in ipairs(made.edit.documentChanges) do
    if change.kind == 'create' then
      local buffer = vim.uri_to_bufnr(change.uri)
      -- A text ends with a line break, after which Neovim has another line.
      if vim.api.nvim_buf_get_lines(buffer, -2, -1, true)[1] == '' then
        vim.api.nvim_buf_set_lines(buffer, -2, -1, true, {})
      end
      vim.api.nvim_buf_call(buffer, function()
        vim.cmd('silent write')
      end)
      table.insert(changes, { uri = change.uri, type = vim.lsp.protocol.FileChangeType.Created })
    end
  end
  -- Neovim does not watch files everywhere, and the next component may use this one.
  lsp_client.notify(client, 'workspace/didChangeWatchedFiles', { changes = changes })
  vim.cmd.edit(vim.fn.fnameescape(vim.uri_to_fname(made.open)))
end

local function make(client, request, questions)
  ask(questions, 1, request, function()
    lsp_client.execute(client, 'gymLsp.new', request, function(made)
      apply(client, made)
    end)
  end)
end

--- Makes a component.
---@param client vim.lsp.Client
---@param root string the workspace in which it is made
---@param arguments string[] its kind and its name; what is missing is asked for
function M.run(client, root, arguments)
  local kind, name = arguments[1], arguments[2]
  local function with_kind(chosen)
    local request = { kind = chosen, folder = vim.uri_from_fname(root) }
    if not name then
      choose_name(client, request, nil, function(entered, questions)
        request.name = entered
        make(client, request, questions)
      end)
      return
    end
    request.name = name
    lsp_client.execute(client, 'gymLsp.newQuestions', request, function(asked)
      make(client, request, asked.questions)
    end)
  end
  if kind then
    with_kind(kind)
  else
    choose_kind(with_kind)
  end
end

return M
