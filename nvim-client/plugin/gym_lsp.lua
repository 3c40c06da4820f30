-- The command `:GymLsp`. All other modules are loaded on first use.
if vim.g.loaded_gym_lsp then
  return
end
vim.g.loaded_gym_lsp = true

vim.api.nvim_create_user_command('GymLsp', function(given)
  require('gym_lsp.commands').run(given)
end, {
  nargs = '+',
  desc = 'Show the run, the wiring or the status of this NeMo Gym config, or make a new component',
  complete = function(...)
    return require('gym_lsp.commands').complete(...)
  end,
})
