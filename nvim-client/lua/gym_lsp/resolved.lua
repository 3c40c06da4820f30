-- The configuration that a run ends up with, in a window, with a way back from each line to where it is written.

local client_of = require('gym_lsp.client')
local scratch = require('gym_lsp.scratch')

local M = {}

--- The origins of the lines of each buffer.
---@type table<integer, table>
local origins = {}

local function origin_here()
  local origin = (origins[vim.api.nvim_get_current_buf()] or {})[vim.fn.line('.')]
  -- The server says null of a line that nobody wrote.
  return type(origin) == 'table' and origin or nil
end

local function jump(client)
  local origin = origin_here()
  if not origin then
    vim.notify('gym-lsp: nothing in a file says this line.')
    return
  end
  -- The file is opened where one was, and the resolved configuration stays in sight.
  vim.cmd.wincmd('p')
  vim.lsp.util.show_document(origin, client.offset_encoding, { focus = true })
end

local function tell()
  local origin = origin_here()
  if origin then
    local path = vim.fn.fnamemodify(vim.uri_to_fname(origin.uri), ':~:.')
    vim.api.nvim_echo({ { ('%s:%d %s'):format(path, origin.range.start.line + 1, origin.how or '') } }, false, {})
  end
end

--- Shows the configuration of a run.
---@param client vim.lsp.Client
---@param run { uri?: string, configs?: string[], overrides?: string[] }
function M.open(client, run)
  local name = 'gym-lsp://resolved/' .. (run.uri and vim.fn.fnamemodify(vim.uri_to_fname(run.uri), ':~:.')
    or table.concat(run.configs, ' '))
  local buffer
  buffer = scratch.open(name, 'yaml', function(answered)
    client_of.execute(client, 'gymLsp.resolved', run, function(answer)
      origins[buffer] = answer.lines
      answered(answer.text)
    end)
  end)
  for _, key in ipairs({ '<CR>', 'gd' }) do
    vim.keymap.set('n', key, function()
      jump(client)
    end, { buffer = buffer, desc = 'Go to where this is written' })
  end
  vim.keymap.set('n', 'K', tell, { buffer = buffer, desc = 'Say where this comes from' })
end

return M
