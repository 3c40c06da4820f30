-- The subcommands of `:GymLsp`.

local lsp_client = require('gym_lsp.client')

local M = {}

--- Returns the run that the arguments of a command describe: configs and `key=value` overrides. Without a config it is
--- the run of the current file alone.
local function run_of(arguments)
  local run = { configs = {}, overrides = {} }
  for _, argument in ipairs(arguments) do
    table.insert(argument:find('=', 1, true) and run.overrides or run.configs, argument)
  end
  if #run.configs == 0 then
    run.uri, run.configs = vim.uri_from_bufnr(0), nil
  end
  if #run.overrides == 0 then
    run.overrides = nil
  end
  return run
end

local SUBCOMMANDS = {}

function SUBCOMMANDS.resolved(client, arguments)
  require('gym_lsp.resolved').open(client, run_of(arguments))
end

function SUBCOMMANDS.wiring(client, arguments)
  local format = 'mermaid'
  if arguments[1] == 'mermaid' or arguments[1] == 'dot' then
    format = table.remove(arguments, 1)
  end
  local run = vim.tbl_extend('force', run_of(arguments), { format = format })
  local name = 'gym-lsp://wiring/' .. (run.uri and vim.fn.fnamemodify(vim.uri_to_fname(run.uri), ':~:.')
    or table.concat(run.configs, ' ')) .. '.' .. format
  require('gym_lsp.scratch').open(name, format, function(on_text)
    lsp_client.execute(client, 'gymLsp.wiring', run, function(wiring)
      on_text(wiring.text)
    end)
  end)
end

--- Returns the rules of the findings in the current buffer, or on one of its lines, each rule once.
---@param line? integer counted from zero
---@return string[]
local function rules_found(line)
  local rules = {}
  for _, finding in ipairs(vim.diagnostic.get(0, { lnum = line })) do
    if finding.source == 'gym-lsp' and not vim.tbl_contains(rules, finding.code) then
      table.insert(rules, finding.code)
    end
  end
  return rules
end

function SUBCOMMANDS.explain(client, arguments)
  local rule = arguments[1] or rules_found(vim.fn.line('.') - 1)[1]
  if not rule then
    vim.notify('gym-lsp: no finding on this line; name a rule: `:GymLsp explain {rule}`', vim.log.levels.ERROR)
    return
  end
  local uri = ('gym-lsp:/rules/%s.md'):format(rule)
  lsp_client.request(client, 'workspace/textDocumentContent', { uri = uri }, function(page)
    require('gym_lsp.scratch').open('gym-lsp://rules/' .. rule, 'markdown', function(on_text)
      on_text(page.text)
    end)
  end)
end

function SUBCOMMANDS.new(_, arguments)
  -- There may be no config yet, so that no server runs.
  local client, root = lsp_client.of_workspace(0)
  if client then
    require('gym_lsp.new').run(client, root, arguments)
  end
end

function SUBCOMMANDS.status(client)
  lsp_client.execute(client, 'gymLsp.status', vim.empty_dict(), function(status)
    local release = status.release ~= vim.NIL and status.release or 'not found'
    local message = 'gym-lsp %s, %s: NeMo Gym %s, %d files, %d configs, %d errors, %d warnings'
    local counts = { status.files, status.configs, status.errors, status.warnings }
    vim.notify(message:format(status.version, status.state, release, unpack(counts)))
  end)
end

--- Runs a subcommand.
---@param given table the argument of a callback of |nvim_create_user_command()|
function M.run(given)
  local arguments = vim.deepcopy(given.fargs)
  local name = table.remove(arguments, 1)
  local subcommand = SUBCOMMANDS[name]
  local client = lsp_client.of(0)
  if not subcommand then
    vim.notify(('gym-lsp: unknown subcommand `%s`'):format(name), vim.log.levels.ERROR)
  elseif not client and name ~= 'new' then
    vim.notify('gym-lsp: the server is not running; open a NeMo Gym config first', vim.log.levels.ERROR)
  else
    subcommand(client, arguments)
  end
end

--- Completes subcommands, formats, rules, kinds of components and paths of configs.
---@param lead string
---@param line string
---@return string[]
function M.complete(lead, line)
  local words = vim.split(line, '%s+')
  local candidates
  if #words <= 2 then
    candidates = vim.tbl_keys(SUBCOMMANDS)
    table.sort(candidates)
  elseif words[2] == 'explain' then
    candidates = rules_found()
  elseif words[2] == 'new' then
    candidates = #words == 3 and require('gym_lsp.new').KINDS or {}
  else
    candidates = vim.fn.getcompletion(lead, 'file')
    if words[2] == 'wiring' and #words == 3 then
      vim.list_extend(candidates, { 'dot', 'mermaid' })
    end
  end
  return vim.tbl_filter(function(candidate)
    return vim.startswith(candidate, lead)
  end, candidates)
end

return M
